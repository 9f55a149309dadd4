//! Fuzz targets as plain functions, and the replay of their corpus.
