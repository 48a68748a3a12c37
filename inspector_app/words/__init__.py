"""Everything the client says: translated sentences, plurals, numbers, dates and names, without Qt."""

from inspector_app.words.words import Explanation, MissingWord, Words

__all__ = ["Explanation", "MissingWord", "Words"]
