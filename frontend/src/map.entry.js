// Leaflet for the maps that the server writes: their scripts expect it as L.
import L from "leaflet";
window.L = L;
