"""What the commands do that no other package does: look over the installation, write a study file."""
