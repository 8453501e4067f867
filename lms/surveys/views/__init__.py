"""The pages of evaluations: forms, named forms after training, and comments to read before anybody else does."""
