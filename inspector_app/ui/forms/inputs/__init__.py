"""What answers are given with: one family of questions a module, all of the kind of ``base.Input``."""
