//! Every act of an operator as a typed request with its permission.
