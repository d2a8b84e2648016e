"""Moving in: the lists that communes keep in spreadsheets: checked, written, undone (nhập danh sách)."""
