"""What tests share: a whole world on SQLite in memory, and the cast."""
