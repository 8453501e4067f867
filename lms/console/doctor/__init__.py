"""What an operator should put right, found by looking: settings, database, file store, worker, proxy."""
