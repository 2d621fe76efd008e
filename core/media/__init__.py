"""Photos: received one by one, kept private, shown as stripped copies. Core knows not what they are of."""
