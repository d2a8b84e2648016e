"""Forms of the register: text to typed values."""
