"""Defects that are put into sound strategies: one module a family, one function a defect."""
