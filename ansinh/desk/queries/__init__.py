"""Questions that cross the rooms: whom an officer may see, one whole file, why, a territory at a glance."""
