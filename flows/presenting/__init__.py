"""What people see of it in Prefect: artifacts, headlines, problems."""
