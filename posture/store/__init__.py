"""Tables, connections and migrations: how rows are kept, without any rule about what they mean."""
