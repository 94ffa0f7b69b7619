"""A class codes passages without knowing whose they are, and what its codes say of the machine and of itself."""
