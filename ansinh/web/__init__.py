"""What every page needs: page(), go(), the clock, the components of the interface."""
