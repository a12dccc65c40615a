-- Run by PostgreSQL's image when its volume is new. The image itself makes `ofsted_watch`.
create database prefect;
