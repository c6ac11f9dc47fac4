"""The fault trial (`scripts/test --faults`): whole services under kills, pauses, outages, full disks and damage."""
