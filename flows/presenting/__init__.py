"""What people see in Prefect and in `status`: artifacts, headlines, problems."""
