"""Remedies: candidate changes that reduce one shortage, each verified by a solve."""
