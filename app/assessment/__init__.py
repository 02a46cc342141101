"""Quizzes: what is shown, how it is marked, and what is kept while somebody answers."""
