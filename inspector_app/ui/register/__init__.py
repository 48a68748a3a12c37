"""The register: places and companies, their cards, and the search that other screens use to pick one."""
