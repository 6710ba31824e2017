"""The findings about a catalogue as tables, figures and a headline that a report shows."""
