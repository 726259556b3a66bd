"""What holds for all tests."""

from hypothesis import settings

# A deadline would be an assertion about the clock: a busy machine takes half a second over the first of some examples.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
