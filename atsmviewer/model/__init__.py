"""The foundation: frozen nouns that every room shares; numpy only."""
