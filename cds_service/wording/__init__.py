"""Every sentence a person reads, in one place: what is wanted and why it is missing (`reasons`), what the chart
shows (`shown`), advice (`advice`), cards (`cards`). Pure strings; nothing here decides anything."""
