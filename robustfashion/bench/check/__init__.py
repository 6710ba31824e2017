"""The credibility checks of a catalogue as a result that a report shows."""
