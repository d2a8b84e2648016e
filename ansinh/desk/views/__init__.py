"""The desk's screens: a territory at a glance, people, one person's file."""
