"""New points in an existing map, whose own points stay where they are."""
