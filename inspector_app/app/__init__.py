"""Where the parts are put together: the application, the sample run, the administrator's recovery tool."""
