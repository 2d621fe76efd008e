"""The boards (看板) and the lists behind their numbers."""
