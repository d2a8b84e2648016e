"""Officers' screens that cross the rooms: the person's page, the start page (bàn làm việc)."""
