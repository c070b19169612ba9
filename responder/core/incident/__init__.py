"""What happened, what stands, what is due? The log of an incident, its state and its plan."""
