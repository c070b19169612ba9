"""What do others need to test against us? Hand-wound time, counted chance, carriers that only listen."""
