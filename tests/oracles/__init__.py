"""Results of independent software that the estimators are held against."""
