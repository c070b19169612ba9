"""What does a city say of itself? Its zone, languages, areas, lists, blocks: the city file as values."""
