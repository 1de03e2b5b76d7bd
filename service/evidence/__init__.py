"""The one way between the service and the library: study folders out, returns in, evaluations run."""
