"""Two provinces of synthetic people, what the law must answer about them, and the story they are led through.

Sits above every room (it calls their operations as an officer would) and no room knows it. Nobody here is a
real person: names, numbers and fates are drawn from a seed.
"""
