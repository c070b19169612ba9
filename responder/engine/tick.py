"""What is due now? The heartbeat of the engine."""
