"""What happened, when, and how late? The after-action report."""
