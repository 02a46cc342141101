"""People: sign-up, sign-in on shared phones, roles and what each may do."""
