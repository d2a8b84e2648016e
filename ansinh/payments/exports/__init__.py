"""Payment lists on paper and in spreadsheets (danh sách chi trả): what is on them, and a file per format."""
