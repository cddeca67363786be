# nothing
RUN true
