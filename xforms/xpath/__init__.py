"""XPath 1.0 with the functions of XForms: text to tokens, tokens to a tree, the tree to Python closures."""
