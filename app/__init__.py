"""Mwalimu: bilingual training on responsible minerals."""
