"""The record store against xAPI 1.0.3 and 2.0, through HTTP only; each row and test names its clause.

``Data`` and ``Comm`` are parts two and three of xAPI 1.0.3, ``2.0`` is IEEE 9274.1.1; docs/xapi-conformance.md lists
which test stands for which requirement.
"""
