"""How is a YAML file read so that every scalar stays text and every problem has its place?"""
