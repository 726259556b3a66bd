"""From story changes to alerts, or to the reason for each silence. Pure."""
