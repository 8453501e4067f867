"""The content origin: a small application that serves uploaded content, and nothing else, on another origin.

No cookie is read or set; a token in the path opens the files of one version for one session
(:mod:`lms.library.addresses`). Player pages of ours stand below ``_khue/``, which no package can hold.
"""
