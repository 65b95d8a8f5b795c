"""What the product owes to people outside it, and what became of it."""

from .owing import forget_person, forget_recipient, forget_texts, message, owe

__all__ = ["forget_person", "forget_recipient", "forget_texts", "message", "owe"]
